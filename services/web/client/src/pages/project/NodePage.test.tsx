import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { expect, test, vi } from "vitest";
import { cache } from "../../api/cache";
import type { Node } from "../../api/types";
import type { Edits } from "./edits";
import { NodePage } from "./NodePage";
import { ProjectActions } from "./ProjectActions";

const running = {
  id: "n", project_id: "p", name: "Jupyter", type: "dynamic", state: "running", state_since: "2026-01-05T11:48:00Z",
  reason: null, details: null, progress: null, url: "/x/abc/lab",
} as Node;

const showLog = vi.fn();

function page(node: Node) {
  return (
    <MantineProvider env="test">
      <QueryClientProvider client={cache}>
        <MemoryRouter>
          <ProjectActions value={{ canEdit: true, open: vi.fn(), showLog, showFiles: vi.fn(), edits: {} as Edits }}>
            <NodePage node={node} isShown onBack={vi.fn()} />
          </ProjectActions>
        </MemoryRouter>
      </QueryClientProvider>
    </MantineProvider>
  );
}

test("a running node's page is in a frame with the node's name", () => {
  render(page(running));
  expect(screen.getByTitle("Jupyter").getAttribute("src")).toBe("/x/abc/lab");
});

test("the frame is gone as soon as the node is, and the reason stands in its place", () => {
  const { rerender } = render(page(running));
  rerender(page({ ...running, state: "stopped", url: null, reason: "Nobody was here for 2 minutes." }));
  expect(screen.queryByTestId("node-frame")).toBeNull();
  expect(screen.getByTestId("node-reason").textContent).toBe("Nobody was here for 2 minutes.");
  expect(screen.getByTestId("node-start").textContent).toBe("Start again");
});

test("while a node starts, its step is said", () => {
  render(page({ ...running, state: "starting", url: null, progress: { step: "preparing the network", steps_done: 0, steps_total: 3 } }));
  expect(screen.getByText("preparing the network")).toBeTruthy();
  expect(screen.queryByTestId("node-frame")).toBeNull();
});

test("a failure says what to do, and its log is one click away", () => {
  render(page({ ...running, state: "failed", url: null, reason: "Its image is missing.", remedy: "Push it again.", details: "manifest unknown" }));
  expect(screen.getByTestId("node-reason").textContent).toBe("Its image is missing.");
  expect(screen.getByTestId("node-remedy").textContent).toContain("Push it again.");
  screen.getByTestId("node-log").click();
  expect(showLog).toHaveBeenCalledWith("n");
});
