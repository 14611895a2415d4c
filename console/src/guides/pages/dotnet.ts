import { dotnet } from '../../connect/snippets/others.ts'
import { file, type Guide, list, terminal, text } from '../guide.ts'
import { named, sleepSection } from './shared.ts'

export const guide: Guide = {
  sections: [
    {
      id: 'npgsql',
      title: 'Npgsql',
      blocks: [
        terminal('dotnet new console\ndotnet add package Npgsql'),
        named(dotnet, 'Program.cs'),
        terminal('dotnet run'),
      ],
    },
    {
      id: 'ef-core',
      title: 'Entity Framework Core',
      blocks: [
        terminal('dotnet add package Npgsql.EntityFrameworkCore.PostgreSQL'),
        file(
          'Program.cs',
          `builder.Services.AddDbContext<ShopContext>(options =>
    options.UseNpgsql(
        builder.Configuration.GetConnectionString("Shop"),
        postgres => postgres.EnableRetryOnFailure()));`,
        ),
        terminal('dotnet ef migrations add Initial\ndotnet ef database update'),
        list(
          '`EnableRetryOnFailure` repeats what failed because the connection was dead.',
          'After going back to a past moment `__EFMigrationsHistory` is as it was then: deploy the code of that time, too.',
        ),
      ],
    },
    sleepSection(
      'Npgsql closes what idles for 300 seconds, which may be just too late: `Connection Idle Lifetime=60` in the connection string.',
      '`Minimum Pool Size=0`, as it is unless set.',
      '`Timeout=30` for the first connection after a sleep; 15 seconds are what it has unless set.',
      'Health checks: `AddNpgSql` asks the database. Give the load balancer a path without it.',
    ),
    {
      id: 'tls',
      title: 'Check the certificate',
      blocks: [
        text(
          '`SSL Mode=VerifyFull;Root Certificate=<data-dir>/tls/ca.crt`: the file of this installation’s authority, which `pilotlight trust` names.',
        ),
      ],
    },
  ],
}
