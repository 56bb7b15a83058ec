import type { ComponentChildren } from 'preact';

export interface MessageProps {
  kind: 'error' | 'warning' | 'info' | 'success';
  children: ComponentChildren;
}

/** Errors are read out at once, everything else when there is time. */
export function Message({ kind, children }: MessageProps) {
  return (
    <div class={`message message-${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
      <MessageSign kind={kind} />
      <div class="message-text">{children}</div>
    </div>
  );
}

function MessageSign({ kind }: Pick<MessageProps, 'kind'>) {
  const drawn = {
    error: 'M12 7.5v5.5M12 16.5v.01',
    warning: 'M12 7.5v5.5M12 16.5v.01',
    info: 'M12 11v5.5M12 7.5v.01',
    success: 'M8 12.5l2.8 2.800L16 9.5',
  }[kind];
  return (
    <svg class="sign" viewBox="0 0 24 24" aria-hidden="true">
      <circle cx="12" cy="12" r="9.5" />
      <path d={drawn} />
    </svg>
  );
}
