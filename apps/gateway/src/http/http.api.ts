import type { Page, Redirect } from './described.js';

/** What is there besides the API. */
export interface HttpApi {
  'GET /': { 302: Redirect };
  'GET /resources/{file}': { 200: Page };
  'GET /resources/{version}/{file}': { 200: Page };
}
