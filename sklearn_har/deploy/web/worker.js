// The service worker: all files of this version of the page are kept at the first visit, and come from there.

importScripts("contents.js"); // CONTENTS: the files, and a version that is made of what is in them

// Caches are of a whole site, which may hold other pages, and other versions of this one.
const MINE = `sklearn-har ${self.registration.scope} `;
const NAME = MINE + CONTENTS.version;

self.addEventListener("install", (event) => {
  const files = CONTENTS.files.map((file) => new Request(file, { cache: "reload" }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(files)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => self.clients.claim()));
});

async function forgetOthers() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(MINE) && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
}

self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  event.respondWith(kept(event.request));
});

async function kept(request) {
  const cache = await caches.open(NAME);
  return (await cache.match(request, { ignoreSearch: true, ignoreVary: true })) ?? fetch(request);
}
