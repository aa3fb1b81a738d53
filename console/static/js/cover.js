/* Before the first paint: a screen that was hidden is still hidden after the page was loaded anew.
   (A plain script, because a module runs only when the page has been shown already.) */

try {
  if (sessionStorage.getItem("hotline-covered")) document.documentElement.dataset.covered = "";
} catch {
  // No storage here: the screen can still be hidden, until the page is left.
}
