// What pages do more where scripts run. Every page works without.

// The answer to a POST takes the address of the step it shows: reload and back ask for the present step and send
// nothing twice.
const { address } = document.body.dataset;
if (address) history.replaceState(null, '', address);

// A page out of the browser's memory may show a step that is over.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});

// A second click while the first is on its way sends nothing.
for (const form of document.forms) {
  let sent = false;
  form.addEventListener('submit', (event) => {
    if (sent) event.preventDefault();
    sent = true;
    setTimeout(() => (sent = false), 5000);
  });
}

for (const button of document.querySelectorAll('[data-shows]')) {
  const field = document.getElementById(button.dataset.shows);
  button.hidden = false;
  button.addEventListener('click', () => {
    const shown = field.type === 'text';
    field.type = shown ? 'password' : 'text';
    button.setAttribute('aria-pressed', String(!shown));
    field.focus();
  });
}

for (const button of document.querySelectorAll('[data-copies]')) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  const label = button.textContent;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copies);
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = label), 2000);
  });
}

if (navigator.maxTouchPoints > 0) document.documentElement.classList.add('touches');

// Times are told in the visitor's own zone.
for (const time of document.querySelectorAll('time[datetime]')) {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  time.textContent = format.format(new Date(time.dateTime));
}
