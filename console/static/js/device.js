/* "Tell this device too": subscribes this browser, or takes it back. Without a script, or where the
   browser cannot, the telephone rings all the same. */

const box = document.querySelector("#device");
const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

if (box && able) start(box).catch(() => say("failed"));
else if (box) say("unable");

async function start(box) {
  const address = `${box.dataset.worker}?${new URLSearchParams({ title: box.dataset.title, body: box.dataset.body })}`;
  const registration = await navigator.serviceWorker.register(address);
  const on = box.querySelector("[data-on]");
  const off = box.querySelector("[data-off]");
  const show = async () => {
    const subscription = await registration.pushManager.getSubscription();
    on.hidden = Boolean(subscription);
    off.hidden = !subscription;
    say(subscription ? "told" : "untold");
  };
  on.addEventListener("click", () => add(registration).then((done) => done && show()).catch(() => say("failed")));
  off.addEventListener("click", () => remove(registration).then(show).catch(() => say("failed")));
  await show();
}

async function add(registration) {
  if ((await Notification.requestPermission()) !== "granted") {
    say("denied");
    return false;
  }
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytes(box.dataset.key),
  });
  const kept = await post(box.dataset.add, subscription);
  if (!kept) await subscription.unsubscribe();
  return kept || (say("failed"), false);
}

async function remove(registration) {
  const subscription = await registration.pushManager.getSubscription();
  if (!subscription) return;
  await post(box.dataset.remove, subscription);
  await subscription.unsubscribe();
}

async function post(address, subscription) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(subscription),
  });
  return answer.ok;
}

function say(which) {
  for (const text of box.querySelectorAll("[data-says]")) text.hidden = text.dataset.says !== which;
}

function bytes(key) {
  const plain = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}
