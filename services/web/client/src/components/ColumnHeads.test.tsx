import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import type { Sort } from "../lib/sort";
import { ColumnHeads } from "./ColumnHeads";

function Heads() {
  const [sort, setSort] = useState<Sort<"name" | "size">>({ field: "name", isDown: false });
  return (
    <MantineProvider env="test">
      <ColumnHeads className="" columns={{ name: "Name", size: "Size" }} downFirst={["size"]} sort={sort} onSort={setSort} />
      <p>{`${sort.field} ${sort.isDown}`}</p>
    </MantineProvider>
  );
}

test("a click sorts by a column in its own first way, another turns it round", async () => {
  const user = userEvent.setup();
  render(<Heads />);
  for (const [head, order] of [["Size", "size true"], ["Size", "size false"], ["Name", "name false"], ["Name", "name true"]] as const) {
    await user.click(screen.getByRole("button", { name: new RegExp(`^${head}`) }));
    expect(screen.getByText(order)).toBeTruthy();
  }
});

test("the sorted column says so, and in which way", () => {
  render(<Heads />);
  expect(screen.getByRole("button", { pressed: true }).textContent).toBe("Namesorted, first or least first");
  expect(screen.getByRole("button", { pressed: false }).textContent).toBe("Size");
});
