/** One line that can be read: not empty, no control characters, 255 characters at most. */
export const isLine = (text: string): boolean => /^[^\p{Cc}\p{Surrogate}]{1,255}$/u.test(text);
