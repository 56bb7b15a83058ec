const DEADLINE_MS = 5_000;

/**
 * What an application answered to a form, or to a text, at an address that an administrator gave; `nothing` after five
 * seconds. Follows no redirect: an application is told where it said, and nowhere else.
 */
export async function postToApplication(
  url: string,
  body: URLSearchParams | string,
): Promise<number | 'nothing'> {
  try {
    const response = await fetch(url, {
      ...{ method: 'POST', body, redirect: 'manual' },
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return 'nothing';
  }
}

export const wasTaken = (status: number | 'nothing'): boolean => status === 200 || status === 204;
