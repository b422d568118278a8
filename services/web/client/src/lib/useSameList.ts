/** A list that keeps its identity for as long as its members do. */
import { useState } from "react";

export function useSameList<T>(list: T[]): T[] {
  const [kept, setKept] = useState(list);
  const isSame = kept.length === list.length && kept.every((each, index) => each === list[index]);
  if (!isSame) setKept(list);
  return isSame ? kept : list;
}
