// A browser that draws nothing: it keeps cookies, follows no redirect by itself, and finds the form on a page.

export class Browser {
  cookies = new Map();
  /** Milliseconds of every request, by the name it was given. */
  constructor(timings) {
    this.timings = timings;
  }

  /** @param {string} name what the time of this request is counted under */
  async request(name, url, init = {}) {
    const started = performance.now();
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: {
        ...init.headers,
        cookie: [...this.cookies].map(([key, value]) => `${key}=${value}`).join('; '),
      },
    });
    const body = await response.text();
    (this.timings[name] ??= []).push(performance.now() - started);
    for (const line of response.headers.getSetCookie()) {
      const [pair] = line.split(';');
      const at = pair.indexOf('=');
      this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return { status: response.status, headers: response.headers, body };
  }

  open(name, url) {
    return this.request(name, url);
  }

  /** Sends the first form of `page` with these fields. */
  submit(name, page, fields, base) {
    const action = /<form[^>]*\saction="([^"]+)"/.exec(page.body)?.[1];
    if (!action) throw new Error(`${name}: there is no form on the page (status ${page.status})`);
    const url = new URL(action.replaceAll('&amp;', '&'), base);
    return this.request(name, url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: url.origin,
        'sec-fetch-site': 'same-origin',
      },
      body: new URLSearchParams(fields),
    });
  }
}
