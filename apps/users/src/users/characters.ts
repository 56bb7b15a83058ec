/** Nothing invisible, no space, and nothing that means something in an address, a filter or a page. */
export const USERNAME = /^[^\p{C}\p{Z}<>&"$%!#?§,;:*~/\\|^=[\]{}()]+$/u;

/** What people are called, in every script; nothing that means something in a page or an address. */
export const PERSON_NAME = /^[^\p{Cc}\p{Surrogate}<>&"$%!#?§;*~/\\|^=[\]{}()]*$/u;
