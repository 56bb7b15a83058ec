import type { LetterTexts } from './en.js';

const UNERWARTET =
  'Der Link gilt {time}. Waren Sie es nicht, können Sie diese Nachricht übergehen: Ohne den Link geschieht nichts.';
const FREMD =
  'Waren Sie es selbst, ist nichts zu tun. Waren Sie es nicht, wenden Sie sich sofort an Ihre Administration: Jemand anderes könnte in Ihrem Konto sein.';

export const de: LetterTexts = {
  letters: {
    'verify-email': {
      subject: 'E-Mail-Adresse bestätigen',
      before:
        'Jemand hat diese Adresse für ein Konto bei {realm} angegeben. Waren Sie es, öffnen Sie zur Bestätigung diesen Link:',
      after: UNERWARTET,
    },
    'update-email': {
      subject: 'Neue E-Mail-Adresse bestätigen',
      before:
        'Jemand möchte diese Adresse von nun an für ein Konto bei {realm} verwenden. Waren Sie es, öffnen Sie diesen Link:',
      after: UNERWARTET,
    },
    'reset-credentials': {
      subject: 'Passwort zurücksetzen',
      before:
        'Jemand möchte das Passwort Ihres Kontos bei {realm} zurücksetzen. Waren Sie es, öffnen Sie diesen Link:',
      after: UNERWARTET,
    },
    'execute-actions': {
      subject: 'Aktualisieren Sie Ihr Konto',
      before:
        'Ihre Administration bei {realm} bittet Sie, Ihr Konto zu aktualisieren. Öffnen Sie dazu diesen Link:',
      after:
        'Der Link gilt {time}. Haben Sie das nicht erwartet, fragen Sie erst nach, bevor Sie ihn öffnen.',
    },
    'email-changed': {
      subject: 'Ihre E-Mail-Adresse wurde geändert',
      before: 'Die E-Mail-Adresse Ihres Kontos bei {realm} ist nicht mehr diese, sondern eine andere.',
      after: FREMD,
    },
    'password-changed': {
      subject: 'Ihr Passwort wurde geändert',
      before: 'Das Passwort Ihres Kontos bei {realm} wurde geändert.',
      after: FREMD,
    },
    'authenticator-added': {
      subject: 'Eine neue Anmeldeart wurde eingerichtet',
      before:
        'Für Ihr Konto bei {realm} wurde eine Authenticator-App eingerichtet, oder es wurden Wiederherstellungscodes erzeugt.',
      after: FREMD,
    },
    'authenticator-removed': {
      subject: 'Eine Anmeldeart wurde entfernt',
      before:
        'Von Ihrem Konto bei {realm} wurden eine Authenticator-App oder die Wiederherstellungscodes entfernt.',
      after: FREMD,
    },
  },
  times: { minute: ['Minute', 'Minuten'], hour: ['Stunde', 'Stunden'], day: ['Tag', 'Tage'] },
};
