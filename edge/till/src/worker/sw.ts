// The service worker: opens the till without a network, and changes versions only between starts.
import { Shell } from './shell';

declare const self: ServiceWorkerGlobalScope;

// The build writes both in place.
const shell = new Shell({
  caches: self.caches,
  fetch: (request, init) => fetch(request, init),
  revision: '__REVISION__',
  files: '__FILES__'.split('|'),
});

self.addEventListener('install', (event) => {
  event.waitUntil(shell.install());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(shell.activate().then(() => self.clients.claim()));
});

self.addEventListener('message', (event) => {
  if (event.data === 'activate') void self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (shell.owns(request.method, request.url, self.location.origin))
    event.respondWith(shell.respond(request));
});
