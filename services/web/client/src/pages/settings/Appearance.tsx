import { Button, SegmentedControl, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { useTour } from "../../lib/tour";
import { texts } from "../../texts";
import css from "./Settings.module.css";

const words = texts.settings;

export function Appearance() {
  const tour = useTour();
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
      <Button variant="default" className={css.small} onClick={tour.again}>
        {texts.commands.tour}
      </Button>
    </section>
  );
}
