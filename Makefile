# Everything that people do with this checkout. `make` alone lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help up down build build-devel up-devel push up-swarm down-swarm clean-data logs status test unit lint molecule bench chaos openapi lock venv env

# The newest Python that is new enough.
PYTHON ?= $(firstword $(foreach python,python3.13 python3.12 python3.11 python3,$(shell $(python) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(python))))
# Where the tools of this checkout live.
VENV := .venv
BIN := $(VENV)/bin
# Which hosts: a folder or file of Ansible's. The default is this machine alone.
INVENTORY ?= inventory/local
ENV_FILE ?= .env
# Names of services to build or push, separated by commas; empty means all.
SERVICES ?=
export WERKBANK_ENV_FILE := $(abspath $(ENV_FILE))
# Ansible starts a Python for every task: compiling what these import each time anew would double what a deploy computes.
unexport PYTHONDONTWRITEBYTECODE
PLAY = ANSIBLE_STDOUT_CALLBACK=steps $(SUDO) $(abspath $(BIN))/ansible-playbook -i $(INVENTORY)
SETTING = $$(sed -n 's/^$(1)=//p' $(ENV_FILE))
ONLY = $(if $(SERVICES),-e build_services=$(SERVICES))
# Root is needed for the engine and its certificates; sudo that asks nothing will do. Root's traces stay out of the
# checkout and of the user's home.
SUDO = $$([ "$$(id -u)" = 0 ] || echo "sudo -n -E -H env PATH=$$PATH PYTHONPYCACHEPREFIX=/var/cache/werkbank")
# For asking the engine its group is enough: the same user, with that group, where sudo can give it.
ENGINE = $$([ -w /var/run/docker.sock ] || ! sudo -n true 2>/dev/null || echo "sudo -n -E setpriv --reuid=$$(id -u) --regid=$$(id -g) \
  --groups=$$(id -G | tr ' ' ,),$$(stat -c %g /var/run/docker.sock 2>/dev/null || id -g) env PATH=$$PATH HOME=$$HOME")

help: ## List what there is to make
	@echo "Werkbank: a scientific workbench and its control plane"; echo
	@sed -nE 's/^([a-z][a-z-]*):.*## (.*)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  %-12s %s\n", $$1, $$2}'
	@echo; echo "Settings are in $(ENV_FILE) (made from .env-devel). Start with: make up"

venv: $(VENV)/.deploy ## Make the virtual environment with the tools to deploy

env: venv ## Make .env from .env-devel, or add what is new in it
	@$(BIN)/python -m controlplane.deploy.environment $(WERKBANK_ENV_FILE)

up: root env ## Set everything up on this machine: engine, swarm, registry, images, platform
	@$(PLAY) playbooks/site.yml
	@$(MAKE) --no-print-directory address

up-devel: root env ## The same with the checkout's code mounted, reloading on change
	@$(PLAY) playbooks/site.yml -e build_target=development
	@$(MAKE) --no-print-directory address

build: root env ## Build every image that has changed (SERVICES=web,dy-jupyter for some)
	@$(PLAY) playbooks/engine.yml playbooks/build.yml $(ONLY)

build-devel: root env ## Build the images for development
	@$(PLAY) playbooks/engine.yml playbooks/build.yml -e build_target=development $(ONLY)

push: root env ## Push the images to the deployment's registry
	@$(PLAY) playbooks/build.yml playbooks/push.yml $(ONLY)

up-swarm: root env ## Build, tag, push and deploy to the swarm of INVENTORY (this machine alone by default)
	@$(PLAY) playbooks/site.yml
	@$(MAKE) --no-print-directory address

down: root env ## Stop the platform and its nodes; data stays
	@$(PLAY) playbooks/down.yml

down-swarm: root env ## The same on the swarm of INVENTORY
	@$(PLAY) playbooks/down.yml

clean-data: root env ## Remove the deployment and all its data, after asking
	@stack=$(call SETTING,WERKBANK_STACK); \
	echo "This removes the deployment \"$$stack\" with its database, images and every node's files. There is no way back."; \
	read -r -p "Type its name to go on: " answer || true; \
	if [ "$$answer" != "$$stack" ]; then echo "Nothing was removed."; exit 1; fi; \
	$(PLAY) playbooks/clean.yml -e stack_removal_confirm=$$stack

logs: there ## Show the last log lines of every part (PART=web for one)
	@stack=$(call SETTING,WERKBANK_STACK); engine="$(ENGINE)"; \
	if [ -z "$$($$engine docker service ls --quiet --filter label=werkbank.stack=$$stack)" ]; then \
	  echo "Nothing of the deployment \"$$stack\" runs. Data, if there is any, is kept. Start it with: make up" >&2; exit 1; fi; \
	for part in $(or $(PART),postgres registry authentication web director gateway); do \
	  echo "── $$part"; $$engine docker service logs --raw --tail 40 "$${stack}_$$part" 2>&1 || true; done

status: there venv ## Show the parts, the nodes and whether the workbench is well
	@$(ENGINE) $(BIN)/python -m controlplane.deploy.status $(WERKBANK_ENV_FILE)

test: root $(VENV)/.test ## Run every test: unit, roles, contract with the real swarm, real browser
	@$(SUDO) $(abspath $(BIN))/python -m pytest --numprocesses 2 $(PYTEST)

unit: $(VENV)/.test ## Run the tests that need nothing but Python
	@$(BIN)/python -m pytest -m unit $(PYTEST)

molecule: root $(VENV)/.test ## Run the proofs of the roles
	@$(SUDO) $(abspath $(BIN))/python -m pytest -m molecule $(PYTEST)

lint: $(VENV)/.test ## Check style and types of Python, Ansible and YAML
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/yamllint . && $(BIN)/ansible-lint

bench: up $(VENV)/.test ## Measure the running deployment; figures as JSON in bench/ and as a table
	@$(ENGINE) $(BIN)/python -m tests.bench.run $(WERKBANK_ENV_FILE) $(TOPICS)

chaos: root $(VENV)/.test ## Kill parts and the engine while nodes start and stop, then look (SEED=7 STEPS=50; ENGINE=no leaves the engine)
	@$(BIN)/python -m tests.chaos.run $(if $(SEED),--seed $(SEED)) $(if $(STEPS),--steps $(STEPS)) $(if $(filter no,$(ENGINE)),--no-engine)

openapi: $(VENV)/.test ## Write the API's document from the code
	@$(BIN)/python -m tests.support.openapi

lock: $(VENV)/.deploy ## Pin the dependencies anew, on purpose
	@requirements/lock

# --- what the targets above need ---------------------------------------------------------------------------------

.PHONY: root there address
there:
	@if [ ! -f $(ENV_FILE) ]; then echo "There is no $(ENV_FILE), so nothing was set up from this checkout yet. Start with: make up" >&2; exit 1; fi

root:
	@if [ "$$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then \
	  echo "This needs root, for the engine and its certificates; nothing was changed. Run it as root, or allow $$(id -un) sudo without a password." >&2; exit 1; fi

address:
	@echo; echo "The workbench is at $$($(BIN)/python -m controlplane.deploy.address $(WERKBANK_ENV_FILE))"
	@echo "The first login is $(call SETTING,WERKBANK_ADMIN_EMAIL); its password is WERKBANK_ADMIN_PASSWORD in $(WERKBANK_ENV_FILE)"

$(VENV)/bin/uv: requirements/bootstrap.lock
	@if [ -z "$(PYTHON)" ]; then echo "Python 3.11 or newer is needed and not there; nothing was changed. On Debian: apt-get install python3 python3-venv." >&2; exit 1; fi
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Installing Python's venv module"; \
	  version=$$($(PYTHON) -c 'import sys; print("python%d.%d" % sys.version_info[:2])'); \
	  sudo=$$([ "$$(id -u)" = 0 ] || echo "sudo -n"); \
	  { $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -qq -y $$version-venv >/dev/null; } \
	  || { echo "Python's venv module could not be installed; nothing was changed. Install it by hand (apt-get install python3-venv) and try again." >&2; exit 1; }; }
	@echo "Making the virtual environment $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock \
	  || { echo "Packages could not be fetched; nothing was changed. Mend the way to the package index (pip download uv shows what is wrong) and run the same again." >&2; exit 1; }
	@touch $@

$(VENV)/.deploy: $(VENV)/bin/uv requirements/deploy.lock
	@echo "Installing the tools to deploy"
	@$(BIN)/uv pip install --quiet --native-tls --python $(BIN)/python --require-hashes -r requirements/deploy.lock \
	  || { echo "Packages could not be fetched; what is there stays. Mend the way to the package index and run the same again." >&2; exit 1; }
	@touch $@

$(VENV)/.test: $(VENV)/.deploy requirements/test.lock
	@echo "Installing the tools to test"
	@$(BIN)/uv pip install --quiet --native-tls --python $(BIN)/python --require-hashes -r requirements/test.lock \
	  || { echo "Packages could not be fetched; what is there stays. Mend the way to the package index and run the same again." >&2; exit 1; }
	@touch $@
