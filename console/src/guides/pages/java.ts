import { java } from '../../connect/snippets/others.ts'
import { file, type Guide, type GuidePlace, list, text } from '../guide.ts'
import { named, sleepSection } from './shared.ts'

const jdbcUrl = ({ host, port, database, options }: GuidePlace): string => {
  const query = options === undefined ? '' : `&options=${encodeURIComponent(options)}`
  return `jdbc:postgresql://${host}:${port}/${encodeURIComponent(database)}?sslmode=require${query}`
}

export const guide: Guide = {
  sections: [
    {
      id: 'jdbc',
      title: 'JDBC',
      blocks: [
        file(
          'pom.xml',
          `<dependency>
  <groupId>org.postgresql</groupId>
  <artifactId>postgresql</artifactId>
  <version>42.7.8</version>
</dependency>`,
        ),
        named(java, 'Main.java'),
      ],
    },
    {
      id: 'spring',
      title: 'Spring Boot',
      blocks: [
        file(
          'application.properties',
          place => `spring.datasource.url=${jdbcUrl(place)}
spring.datasource.username=${place.role}
spring.datasource.password=\${DATABASE_PASSWORD}
# Below the suspend time; a pool that keeps none lets the database sleep in peace.
spring.datasource.hikari.minimum-idle=0
spring.datasource.hikari.idle-timeout=60000
spring.datasource.hikari.max-lifetime=240000
spring.datasource.hikari.connection-timeout=30000`,
        ),
        file('Environment', ({ password }) => `DATABASE_PASSWORD=${password}`),
        list(
          'Actuator’s `/actuator/health` asks the database. For the load balancer take `/actuator/health/liveness`, which does not (`management.endpoint.health.probes.enabled=true`), or set `management.health.db.enabled=false`.',
          '`@Scheduled` tasks that look into a table, Quartz and Spring Session over JDBC keep it awake.',
        ),
      ],
    },
    {
      id: 'migrations',
      title: 'Flyway and Liquibase',
      blocks: [
        text(
          'They hold a lock for as long as they migrate: over the direct host, which is what is shown here. After going back to a past moment `flyway_schema_history` or `databasechangelog` is as it was then: deploy the code of that time, too.',
        ),
      ],
    },
    sleepSection(
      'HikariCP asks a connection that idled for more than half a second before it hands it out: dead ones are replaced.',
      '`minimum-idle=0` and `idle-timeout=60000`: without them it keeps ten connections open, and opens them again after each sleep, which wakes the database each time.',
      '`connection-timeout` above the second or two that a first wake may take.',
    ),
    {
      id: 'tls',
      title: 'Check the certificate',
      blocks: [
        text(
          '`sslmode=verify-full&sslrootcert=<data-dir>/tls/ca.crt`: the file of this installation’s authority, which `pilotlight trust` names.',
        ),
      ],
    },
  ],
}
