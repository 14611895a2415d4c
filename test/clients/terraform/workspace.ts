// Terraform with the provider kislerdm/neon as it is built for its users. It knows one address only,
// https://console.neon.tech/api/v2, so it runs where that name leads to a Pilotlight: in a mount namespace with an
// /etc/hosts of its own, and with our authority in SSL_CERT_FILE.

import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type Finished, runProgram } from '../../fixtures/clients.ts'
import type { Pilotlight } from '../../fixtures/pilotlight.ts'

export const consoleHost = 'console.neon.tech'
/** The provider's executable. It has no home in a registry of packages that `npm test` could ask. */
const providerVariable = 'PILOTLIGHT_TEST_TERRAFORM_PROVIDER'

interface Programs {
  terraform: string
  provider: string
}

/** What is needed, or why it cannot be had here. */
export function findTerraform(): Programs | string {
  const provider = process.env[providerVariable]
  if (!provider) return `${providerVariable} does not name a terraform-provider-neon (see CONTRIBUTING.md)`
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'namespaces need root on Linux'
  const terraform = ['terraform', 'tofu'].map(onPath).find(found => found !== undefined)
  if (terraform === undefined) return 'there is no terraform and no tofu on the PATH'
  return { terraform, provider }
}

function onPath(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map(dir => join(dir, name))
    .find(file => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

/** Refuses to go on where the name leads elsewhere: a key of ours must never leave the machine. */
const insideNamespace = `
set -eu
mount --bind "$1" /etc/hosts
test "$(getent hosts "$2" | cut -d ' ' -f 1)" = "$3"
shift 3
exec "$@"
`

export class Workspace {
  readonly directory = mkdtempSync(join(tmpdir(), 'pilotlight-terraform-'))
  readonly #programs: Programs
  readonly #pilotlight: Pilotlight
  readonly #address: string

  constructor(programs: Programs, pilotlight: Pilotlight, address: string) {
    this.#programs = programs
    this.#pilotlight = pilotlight
    this.#address = address
  }

  /** Puts the provider where `init` looks for it, and the configuration beside the state to come. */
  async prepare(configuration: URL): Promise<void> {
    const mirror = join(this.directory, 'mirror')
    const version = '0.15.0'
    const platform = `linux_${process.arch === 'x64' ? 'amd64' : process.arch}`
    for (const registry of ['registry.terraform.io', 'registry.opentofu.org']) {
      const place = join(mirror, registry, 'kislerdm', 'neon', version, platform)
      await mkdir(place, { recursive: true })
      await copyFile(this.#programs.provider, join(place, `terraform-provider-neon_v${version}`))
    }
    await writeFile(
      join(this.directory, 'cli.tfrc'),
      `provider_installation {\n  filesystem_mirror { path = "${mirror}" }\n}\ndisable_checkpoint = true\n`,
    )
    await writeFile(
      join(this.directory, 'hosts'),
      `127.0.0.1 localhost\n::1 localhost\n${this.#address} ${consoleHost}\n`,
    )
    await copyFile(configuration, join(this.directory, 'main.tf'))
  }

  /** Variables of the configuration, besides what stands in it. */
  readonly variables: Record<string, string> = {}

  run(...args: string[]): Promise<Finished> {
    const { terraform } = this.#programs
    const namespace = ['--mount', 'sh', '-c', insideNamespace, 'sh', join(this.directory, 'hosts')]
    return runProgram(
      'unshare',
      [...namespace, consoleHost, this.#address, terraform, ...args, '-no-color'],
      {
        cwd: this.directory,
        env: {
          HOME: this.directory,
          TF_CLI_CONFIG_FILE: join(this.directory, 'cli.tfrc'),
          TF_IN_AUTOMATION: '1',
          SSL_CERT_FILE: this.#pilotlight.run.caFile,
          NEON_API_KEY: this.#pilotlight.apiKey,
          HTTPS_PROXY: '',
          ...Object.fromEntries(
            Object.entries(this.variables).map(([name, value]) => [`TF_VAR_${name}`, value]),
          ),
        },
      },
    )
  }

  /** Its standard output; throws unless it ends as `code` says. */
  async text(args: string[], code = 0): Promise<string> {
    const ended = await this.run(...args)
    if (ended.code !== code)
      throw new Error(`terraform ${args.join(' ')}: exit ${ended.code}\n${ended.stdout}\n${ended.stderr}`)
    return ended.stdout
  }

  async output<T>(name: string): Promise<T> {
    return JSON.parse(await this.text(['output', '-json', name])) as T
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}
