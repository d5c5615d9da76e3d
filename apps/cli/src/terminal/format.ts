/** `1234567` as `1,234,567`. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** A large count in three digits: `807,000` as `0.81 M`, `124,439,808` as `124 M`. */
export function formatMillions(count: number): string {
  const millions = count / 1e6;
  return millions >= 1000 ? `${(millions / 1000).toPrecision(3)} B` : `${toThreeDigits(millions)} M`;
}

/** Bytes with a decimal unit: `1.1 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? String(value) : toThreeDigits(value)} ${units[unit] ?? ''}`;
}

/** A span of time in its two largest units: `0.4 s`, `42 s`, `3 min 20 s`, `2 h 5 min`, `1 d 3 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const hours = Math.round(seconds / 3600);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A loss in nats with as many digits as carry meaning. */
export function formatLoss(loss: number): string {
  return loss < 0.1 ? loss.toExponential(2) : loss.toFixed(3);
}

/** `1 file`, `2 files`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function toThreeDigits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(2 + Number(value >= 10));
}
