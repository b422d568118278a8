/** The rail: the few places there are to go. */
import { Menu, Tooltip } from "@mantine/core";
import { NavLink } from "react-router";
import { useLogout, useUser } from "../api/session";
import { texts } from "../texts";
import { Icon, type IconName } from "./Icon";
import css from "./Rail.module.css";

function RailLink({ to, icon, label, end }: { to: string; icon: IconName; label: string; end?: boolean }) {
  return (
    <Tooltip label={label} position="right">
      <NavLink to={to} end={end} className={css.link} aria-label={label}>
        <Icon name={icon} size={18} />
      </NavLink>
    </Tooltip>
  );
}

export function Rail() {
  const user = useUser();
  const logout = useLogout();
  return (
    <nav className={css.rail} aria-label={texts.nav.label}>
      <NavLink to="/" className={css.logo} aria-label={texts.product}>
        <img src="/icon.svg" alt="" width={24} height={24} />
      </NavLink>
      <RailLink to="/" end icon="projects" label={texts.nav.projects} />
      {user?.role === "admin" && <RailLink to="/runs" icon="runs" label={texts.nav.runs} />}
      <RailLink to="/settings" icon="settings" label={texts.nav.settings} />
      <Menu position="right-end" withinPortal>
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
