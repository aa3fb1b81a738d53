/* Bring a part of the page to what the server says, touching only what differs: focus, scroll and
   whatever moves stay where they are. Elements are known by their id. */

/** Make `old` (an element of the page) like `fresh` (one of a document that was parsed). */
export function morph(old, fresh) {
  const focused = document.activeElement;
  become(old, fresh);
  // An element that changed its place loses the focus on the way.
  if (focused !== document.activeElement && focused.isConnected) {
    focused.focus({ preventScroll: true });
  }
}

function become(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  attributes(old, fresh);
  let at = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const same = counterpart(old, at, child);
    if (!same) {
      old.insertBefore(document.importNode(child, true), at);
      continue;
    }
    if (same === at) at = at.nextSibling;
    else old.insertBefore(same, at);
    become(same, child);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function attributes(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    // What somebody has opened stays open.
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
}

/** The child of `old` that is the same thing as `child`: by its id, else by its place. */
function counterpart(old, at, child) {
  if (child.id) return [...old.children].find((each) => each.id === child.id);
  const alike = at && at.nodeType === child.nodeType && at.nodeName === child.nodeName && !at.id;
  return alike ? at : null;
}
