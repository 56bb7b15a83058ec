import { profileAction } from '../profile-action.js';

/** Asks users for what the profile of the realm wants to know of them and does not, or not as it should be. */
export const verifyProfile = profileAction({
  id: 'VERIFY_PROFILE',
  initiable: false,
  isDue: ({ profileFaults = [] }) => profileFaults.length > 0,
  told: ({ profileFaults = [] }, addresses) => [
    { type: 'VERIFY_PROFILE', details: { fields_to_update: profileFaults.join(',') } },
    { type: 'UPDATE_PROFILE', details: addresses },
  ],
});
