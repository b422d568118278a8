/** One input of a service. A typed value is saved on Enter or when the field is left, and only if the service could take it. */
import { NativeSelect, Switch, Textarea, TextInput } from "@mantine/core";
import { useState, type KeyboardEvent } from "react";
import type { Port } from "../../api/types";
import { choicesOf, kindOf, parse, problemOf } from "../../lib/parameters";
import { typeWords } from "../../lib/ports";
import { texts } from "../../texts";
import css from "./Parameters.module.css";

const words = texts.parameters;

type Props = { port: Port & { key: string }; value: unknown; isLinked: boolean; onSave: (value: unknown) => void };

const said = (value: unknown) => (value === undefined || value === null ? "" : String(value));

export function ParameterField({ port, value, isLinked, onSave }: Props) {
  const kind = kindOf(port);
  const label = port.label ?? port.key;
  const common = { size: "xs", disabled: isLinked, description: port.description || undefined } as const;
  const isSet = value !== undefined && value !== null;
  const preset = said(port.defaultValue);

  if (kind === "file" || isLinked) {
    return (
      <>
        <span className={css.label}>{label}</span>
        <p className={css.note}>{isLinked ? words.linked : words.file(typeWords(port.type))}</p>
      </>
    );
  }
  return (
    <>
      {kind === "boolean" && (
        <Switch {...common} label={label} checked={(value ?? port.defaultValue) === true} onChange={(event) => onSave(event.currentTarget.checked)} />
      )}
      {kind === "select" && (
        <NativeSelect
          {...common}
          label={label}
          value={said(value ?? port.defaultValue)}
          error={problemOf(port, value)}
          onChange={(event) => onSave(event.currentTarget.value || undefined)}
          data={[...(isSet || preset ? [] : [{ value: "", label: "" }]), ...choicesOf(port)]}
        />
      )}
      {kind !== "boolean" && kind !== "select" && <Typed port={port} label={label} value={value} onSave={onSave} />}
      {isSet && preset && said(value) !== preset && (
        <p className={css.note}>
          {words.preset(preset)}{" "}
          <button type="button" onClick={() => onSave(undefined)}>
            {words.reset}
          </button>
        </p>
      )}
    </>
  );
}

function Typed({ port, label, value, onSave }: Omit<Props, "isLinked"> & { label: string }) {
  const [draft, setDraft] = useState<string | null>(null);
  const isArea = kindOf(port) === "area";
  const shown = draft ?? said(value);
  const parsed = parse(port, shown);

  function save() {
    if (draft === null || parsed.problem) return;
    if (said(parsed.value) !== said(value)) onSave(parsed.value);
    setDraft(null);
  }

  const field = {
    size: "xs",
    label: port.unit ? `${label} (${port.unit})` : label,
    description: port.description || undefined,
    placeholder: said(port.defaultValue),
    value: shown,
    error: parsed.problem ? (draft === null ? parsed.problem : words.notSaved(parsed.problem)) : problemOf(port, value),
    onBlur: save,
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === "Enter" && !isArea) save();
      if (event.key === "Escape") setDraft(null);
    },
  } as const;
  if (isArea) {
    return <Textarea {...field} autosize minRows={Math.min(8, port.widget?.details?.minHeight ?? 3)} maxRows={12} onChange={(event) => setDraft(event.currentTarget.value)} />;
  }
  const isNumber = port.type === "number" || port.type === "integer";
  return <TextInput {...field} inputMode={isNumber ? "decimal" : undefined} onChange={(event) => setDraft(event.currentTarget.value)} />;
}
