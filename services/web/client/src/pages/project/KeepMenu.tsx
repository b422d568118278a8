import { Button, Menu } from "@mantine/core";
import { Icon } from "../../components/Icon";
import { keepChoices } from "../../lib/lease";
import { momentOf } from "../../lib/time";
import { texts } from "../../texts";
import css from "./Inspector.module.css";

type Props = { label: string; onKeep: (until: Date) => void; onOther: () => void };

export function KeepMenu({ label, onKeep, onOther }: Props) {
  const now = Date.now();
  return (
    <Menu position="bottom-start" width={232}>
      <Menu.Target>
        <Button data-testid="node-keep" variant="default" size="compact-sm" rightSection={<Icon name="down" size={12} />}>
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {keepChoices(now).map((choice) => (
          <Menu.Item
            key={choice.label}
            rightSection={<span className={css.hint}>{momentOf(choice.until.toISOString(), now).replace("tomorrow, ", "")}</span>}
            onClick={() => onKeep(choice.until)}
          >
            {choice.label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={onOther}>{texts.lease.other}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
