/** What this browser keeps between visits. What is kept there and makes no sense (older, foreign, broken) counts as nothing. */
import { useLocalStorage } from "@mantine/hooks";

type Check<Value> = (value: unknown) => value is Value;

export function useKept<Value>(key: string, otherwise: Value, isSound: Check<Value>) {
  const deserialize = (text: string | undefined) => read(text, otherwise, isSound);
  return useLocalStorage<Value>({ key, defaultValue: otherwise, getInitialValueInEffect: false, deserialize });
}

function read<Value>(text: string | undefined, otherwise: Value, isSound: Check<Value>): Value {
  try {
    const said: unknown = JSON.parse(text ?? "null");
    return isSound(said) ? said : otherwise;
  } catch {
    return otherwise;
  }
}

export const isSwitch = (value: unknown): value is boolean => typeof value === "boolean";

export const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((each) => typeof each === "string");

export const isOneOf =
  <Value extends string>(...values: Value[]) =>
  (value: unknown): value is Value =>
    (values as unknown[]).includes(value);
