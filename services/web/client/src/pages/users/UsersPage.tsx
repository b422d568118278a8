import { Button } from "@mantine/core";
import { useUsers } from "../../api/users";
import { ColumnHeads } from "../../components/ColumnHeads";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { Icon } from "../../components/Icon";
import list from "../../components/List.module.css";
import { ListSkeleton } from "../../components/ListSkeleton";
import { PageHead } from "../../components/PageHead";
import { SearchField } from "../../components/SearchField";
import { useFilter } from "../../components/useFilter";
import { useRowKeys } from "../../components/useRowKeys";
import { texts } from "../../texts";
import { AddUser } from "./AddUser";
import { DOWN_FIRST, searchUsers, sortUsers, useSort } from "./sorting";
import { UserRow } from "./UserRow";
import css from "./Users.module.css";

const words = texts.users;

export function UsersPage() {
  const users = useUsers();
  const [query, setQuery] = useFilter("q");
  const [dialog, setDialog] = useFilter("new");
  const [sort, setSort] = useSort();
  const rows = useRowKeys<HTMLUListElement>();
  const shown = sortUsers(searchUsers(users.data ?? [], query), sort);
  return (
    <div className={list.page}>
      <PageHead title={words.title}>
        <SearchField value={query} onChange={setQuery} label={words.search} />
        <Button size="sm" data-testid="add-user" leftSection={<Icon name="plus" />} onClick={() => setDialog("user")}>
          {words.add}
        </Button>
      </PageHead>
      <ErrorNote error={users.error} onRetry={() => void users.refetch()} />
      {users.isPending && <ListSkeleton />}
      {users.data && !shown.length && <EmptyState title={words.emptyTitle(query)} text={words.emptyText} />}
      {shown.length > 0 && (
        <div>
          <ColumnHeads className={css.heads} columns={words.columns} downFirst={DOWN_FIRST} sort={sort} onSort={setSort} />
          <ul ref={rows} className={list.list}>
            {shown.map((account) => (
              <UserRow key={account.id} account={account} />
            ))}
          </ul>
        </div>
      )}
      {dialog && <AddUser onClose={() => setDialog("")} />}
    </div>
  );
}
