// Words of the descriptions in `*.api.ts`, out of which the API's document is made (libs/openapi).

/** HTML, for people. */
export interface Page {
  html: string;
}

/** Leads on to another address. */
export interface Redirect {
  location: string;
}
