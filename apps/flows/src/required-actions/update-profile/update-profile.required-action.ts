import { profileAction } from '../profile-action.js';

/** Asks users to look through what is known of them. */
export const updateProfile = profileAction({
  id: 'UPDATE_PROFILE',
  told: (_, addresses) => [{ type: 'UPDATE_PROFILE', details: addresses }],
});
