// Says what is being done: one line that moves on a terminal, plain lines elsewhere.
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const CLEAR = '\r\x1b[2K';
const SLOW_MS = 15_000;

/** Shows `title` while `work` runs and how long it took. Work may `say` how far it is. */
export async function step(title, work, { out = process.stdout } = {}) {
  const started = Date.now();
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  const show = out.isTTY ? spinner(title, seconds, out) : lines(title, seconds, out);
  try {
    const result = await work(show.say);
    show.end(`✔ ${title} (${seconds()})`);
    return result;
  } catch (error) {
    show.end(`✖ ${title} (${seconds()})`);
    throw error;
  }
}

/** A line of its own, whatever is being shown at the moment. */
export function notice(text, out = process.stdout) {
  out.write(`${out.isTTY ? CLEAR : ''}${text}\n`);
}

/** Only the latest step is drawn: stopping may begin while another one is under way. */
let drawn;

function spinner(title, seconds, out) {
  let frame = 0;
  let detail = '';
  const draw = () => {
    const line = `${FRAMES[frame++ % FRAMES.length]} ${title} ${seconds()} ${detail}`;
    out.write(`${CLEAR}${line.slice(0, (out.columns ?? 80) - 1)}`);
  };
  clearInterval(drawn);
  const timer = setInterval(draw, 100);
  drawn = timer;
  draw();
  return {
    say: (text) => (detail = text),
    end(line) {
      clearInterval(timer);
      if (drawn === timer) out.write(`${CLEAR}${line}\n`);
    },
  };
}

function lines(title, seconds, out) {
  out.write(`… ${title}\n`);
  const timer = setInterval(() => out.write(`… ${title}: ${seconds()}\n`), SLOW_MS);
  return {
    say: () => {},
    end(line) {
      clearInterval(timer);
      out.write(`${line}\n`);
    },
  };
}
