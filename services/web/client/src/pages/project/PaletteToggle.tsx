import { Button } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { Icon } from "../../components/Icon";
import { texts } from "../../texts";
import css from "./Palette.module.css";

export function PaletteToggle({ onShow }: { onShow: () => void }) {
  useHotkeys([["/", onShow]]);
  return (
    <Button className={css.toggle} variant="default" leftSection={<Icon name="plus" size={14} />} onClick={onShow}>
      {texts.palette.title}
    </Button>
  );
}
