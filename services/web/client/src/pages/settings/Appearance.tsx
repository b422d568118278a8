import { SegmentedControl, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { texts } from "../../texts";
import css from "./Settings.module.css";

const words = texts.settings;

export function Appearance() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <section className={css.section}>
      <h2>{words.appearance}</h2>
      <SegmentedControl
        aria-label={words.scheme}
        size="sm"
        value={colorScheme}
        onChange={(value) => setColorScheme(value as MantineColorScheme)}
        data={Object.entries(words.schemes).map(([value, label]) => ({ value, label }))}
      />
    </section>
  );
}
