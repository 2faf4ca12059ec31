/* Tables as CSV (RFC 4180): numbers as the API has them, times in ISO 8601 UTC. */

/* Text that a spreadsheet could take for a formula gets a mark before it. */
function cell(value: string | number): string {
  let text = String(value);
  if (/^[=+@\t\r]/.test(text) || (text.startsWith('-') && !/^-\d/.test(text))) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvOf(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

export function download(name: string, text: string): void {
  downloadText(name, 'text/csv', text);
}

export function downloadText(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
