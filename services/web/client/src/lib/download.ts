/** Saves a text as a file of the reader's. */
export function download(name: string, text: string, type = "text/plain"): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
}

/** A name that every file system takes. */
export function fileName(...parts: string[]): string {
  return parts.join("-").replace(/[^\w.-]+/g, "-").toLowerCase();
}
