using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Yunnao.Server.Accounts;

/// <summary>
/// Accounts, applications and tokens in the control database, as the stores of ASP.NET Core Identity and OpenIddict want them. Passwords are
/// kept as PBKDF2 hashes, secrets of the second step encrypted (<see cref="AccountStore"/>). The same model on SQLite and PostgreSQL.
/// </summary>
public sealed class AccountsDb(DbContextOptions<AccountsDb> options) : IdentityUserContext<Account>(options)
{
    public DbSet<AccessChange> AccessChanges => Set<AccessChange>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        ArgumentNullException.ThrowIfNull(builder);
        builder.UseOpenIddict();
        builder.Entity<Account>().ToTable("account");
        builder.Entity<IdentityUserClaim<string>>().ToTable("account_claim");
        builder.Entity<IdentityUserLogin<string>>().ToTable("account_login");
        builder.Entity<IdentityUserToken<string>>().ToTable("account_token");
        builder.Entity<AccessChange>(change =>
        {
            change.ToTable("access_change").HasKey(c => c.Number);
            change.Property(c => c.Number).ValueGeneratedOnAdd();
        });
        foreach (var entity in builder.Model.GetEntityTypes().Where(e => e.ClrType.Namespace?.StartsWith("OpenIddict", StringComparison.Ordinal) == true))
            entity.SetTableName("connect_" + entity.ClrType.Name.Split('`')[0]["OpenIddictEntityFrameworkCore".Length..].ToLowerInvariant());
    }
}
