/** Chooses the page that is to stand beside the one that is shown. */
import { ActionIcon, Menu } from "@mantine/core";
import { Icon } from "../../components/Icon";
import { StateMark } from "../../components/StateMark";
import { texts } from "../../texts";
import css from "./Pages.module.css";
import type { Tabs } from "./useTabs";

const words = texts.project.pages;

export function BesideMenu({ tabs }: { tabs: Tabs }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon title={words.beside} aria-label={words.beside} data-testid="page-beside">
          <Icon name="beside" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{words.besideTitle}</Menu.Label>
        {tabs.others.map((node) => (
          <Menu.Item key={node.id} data-testid="beside-node" leftSection={<StateMark state={node.state} size={10} />} onClick={() => tabs.put(node.id, "right")}>
            {node.name}
          </Menu.Item>
        ))}
        {!tabs.others.length && <p className={css.note}>{words.nothingBeside}</p>}
      </Menu.Dropdown>
    </Menu>
  );
}
