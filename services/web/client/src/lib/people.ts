/** Who else is in a project. */
export type Person = { id: string; name: string; tabs: number };

/** Two letters for a name: of its first and last word, or the first two of its only one. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0]![0], words.at(-1)![0]] : [...(words[0] ?? "?")].slice(0, 2);
  return letters.join("").toUpperCase();
}

/** Oneself last: the others are the news. */
export function othersFirst(people: Person[], me: string | undefined): Person[] {
  return [...people.filter((each) => each.id !== me), ...people.filter((each) => each.id === me)];
}
