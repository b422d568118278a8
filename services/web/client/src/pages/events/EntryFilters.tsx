import { TextInput } from "@mantine/core";
import { useFilter } from "../../components/useFilter";
import { texts } from "../../texts";
import css from "./Events.module.css";

const words = texts.entries;

export function EntryFilters() {
  return (
    <div className={css.filters}>
      <Filter name="actor" label={words.actor} />
      <Filter name="action" label={words.action} />
      <Filter name="kind" label={words.kind} />
      <Filter name="since" label={words.since} type="datetime-local" />
      <Filter name="until" label={words.until} type="datetime-local" />
    </div>
  );
}

function Filter({ name, label, type = "search" }: { name: string; label: string; type?: string }) {
  const [value, setValue] = useFilter(name);
  return <TextInput size="xs" type={type} label={label} value={value} onChange={(event) => setValue(event.currentTarget.value)} />;
}
