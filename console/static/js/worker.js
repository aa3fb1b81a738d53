/* The service worker: it hears that somebody is wanted, and says so. It keeps nothing of any page
   and reads nothing of what is sent: the message is empty. Its words come with its own address. */

const words = new URL(self.location.href).searchParams;
const page = "/my-shift";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  event.waitUntil(
    self.registration.showNotification(words.get("title") || "The hotline wants you", {
      body: words.get("body") || "",
      tag: "wanted",
      renotify: true,
      requireInteraction: true,
      icon: "/static/icon-192.png",
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open());
});

async function open() {
  const tabs = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const tab = tabs.find((one) => new URL(one.url).pathname === page);
  if (tab) return tab.focus();
  return self.clients.openWindow(page);
}
