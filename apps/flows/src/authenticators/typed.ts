/** Control characters, and halves of surrogate pairs: no name has them, and Postgres takes neither in JSON. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/gu;

/** What was typed into a field of one line. What cannot be printed becomes U+FFFD, so that it stays a mistake and names nobody else. */
export const line = (typed = ''): string => typed.trim().replace(UNPRINTABLE, '\uFFFD');
