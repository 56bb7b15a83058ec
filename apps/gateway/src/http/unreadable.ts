/** Said of a request whose body is not what its content type says. */
export const UNREADABLE = 'The request could not be read';
