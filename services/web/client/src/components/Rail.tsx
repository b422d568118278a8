/** The rail: the few places there are to go. */
import { Menu, Tooltip } from "@mantine/core";
import { Link, useLocation } from "react-router";
import { useLogout, useUser } from "../api/session";
import { useIsNarrow } from "../lib/useIsNarrow";
import { texts } from "../texts";
import { Icon, type IconName } from "./Icon";
import css from "./Rail.module.css";

type LinkProps = { to: string; icon: IconName; label: string; isHere: boolean };

function RailLink({ to, icon, label, isHere }: LinkProps) {
  return (
    <Tooltip label={label} position="right">
      <Link to={to} className={css.link} aria-label={label} aria-current={isHere ? "page" : undefined}>
        <Icon name={icon} size={18} />
      </Link>
    </Tooltip>
  );
}

const COCKPIT = Object.keys(texts.cockpit.pages).map((page) => `/${page}`);

export function Rail({ onFind }: { onFind: () => void }) {
  const user = useUser();
  const logout = useLogout();
  const { pathname } = useLocation();
  const isBelow = useIsNarrow();
  const isCockpit = COCKPIT.some((part) => pathname.startsWith(part));
  return (
    <nav className={css.rail} aria-label={texts.nav.label}>
      <Link to="/" className={css.logo} aria-label={texts.product}>
        <img src="/icon.svg" alt="" width={24} height={24} />
      </Link>
      <RailLink to="/" isHere={pathname === "/" || pathname.startsWith("/projects/")} icon="projects" label={texts.nav.projects} />
      {user?.role === "admin" && <RailLink to="/runs" isHere={isCockpit} icon="runs" label={texts.nav.cockpit} />}
      <RailLink to="/settings" isHere={pathname === "/settings"} icon="settings" label={texts.nav.settings} />
      <Tooltip label={texts.commands.open} position="right">
        <button type="button" className={css.link} data-testid="find" aria-label={texts.commands.open} onClick={onFind}>
          <Icon name="search" size={18} />
        </button>
      </Tooltip>
      <Menu position={isBelow ? "top-end" : "right-end"} withinPortal>
        <Menu.Target>
          <button type="button" className={`${css.link} ${css.account}`} aria-label={texts.nav.account}>
            <Icon name="account" size={18} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{user?.email}</Menu.Label>
          <Menu.Item leftSection={<Icon name="signOut" />} onClick={() => logout.mutate()}>
            {texts.nav.signOut}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </nav>
  );
}
