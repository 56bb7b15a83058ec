/** Asked of every service: it answers only when its database answers. */
export class Health {}

export interface Healthy {
  ok: true;
}
