import { invalid } from '@tumbler/errors';
import { readAcrMap } from '../oidc/acr.js';

const AGE = 'userinfo.max.age';

/** What names levels of authentication has to be readable where it is set: a demand that nobody can read, nobody meets. */
export function mustBeLevels({
  'acr.loa.map': map,
  [AGE]: age,
  'userinfo.minimum.acr.value': acr,
}: Record<string, string>): void {
  if (map && !readAcrMap(map)) {
    throw invalid('acr.loa.map must be a JSON object of names and whole numbers', 'attributes');
  }
  if (age && !/^\d{1,9}$/.test(age)) throw invalid(`${AGE} must be a number of seconds`, 'attributes');
  // It is said in a header, within quotation marks.
  if (acr && !/^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/.test(acr)) {
    throw invalid('userinfo.minimum.acr.value must be the name of a level', 'attributes');
  }
}
