/** A search field which `/` focuses and Esc empties. */
import { Kbd, TextInput } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useRef, type KeyboardEvent } from "react";
import { Icon } from "./Icon";

type Props = {
  value: string;
  onChange: (value: string) => void;
  label: string;
  testId?: string;
  autoFocus?: boolean;
  onKeyDown?: (event: KeyboardEvent<HTMLInputElement>) => void;
};

export function SearchField({ value, onChange, label, testId, autoFocus, onKeyDown }: Props) {
  const field = useRef<HTMLInputElement>(null);
  useHotkeys([["/", () => field.current?.focus()]]);
  return (
    <TextInput
      ref={field}
      type="search"
      autoFocus={autoFocus}
      data-testid={testId}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape" && value) {
          event.stopPropagation();
          onChange("");
        }
        onKeyDown?.(event);
      }}
      aria-label={label}
      placeholder={label}
      leftSection={<Icon name="search" size={14} />}
      rightSection={value ? null : <Kbd size="xs">/</Kbd>}
    />
  );
}
