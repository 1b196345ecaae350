using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Yunnao.Server.Connect;
using Yunnao.Server.Keys;
using Yunnao.Trust;
using Yunnao.Trust.Callers;

namespace Yunnao.Server.Accounts;

/// <summary>The wiring of accounts and applications over a control database. The server and the commands of the command line share it.</summary>
internal static class AccountsSetup
{
    // OWASP's advice for PBKDF2 with HMAC-SHA-512.
    private const int HashIterations = 210_000;
    private const int ShortestPassword = 12;

    public static void AddAccounts(this IServiceCollection services, TrustRoom trust, ServerOptions options)
    {
        services.AddSingleton(trust.Control).AddSingleton(trust.Audit).AddSingleton(trust.Keys).AddSingleton(trust.Revocations).AddSingleton(trust.Scopes);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(s => new SignInRules(options, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ServerSecrets>();
        services.AddSingleton(s => new TokenKeys(s.GetRequiredService<ServerSecrets>(), options.Folder, s.GetRequiredService<TimeProvider>()));
        services.AddDataProtection().SetApplicationName("yunnao").PersistKeysToFileSystem(KeysFolder(options.Folder));
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(s => new ConfigureOptions<KeyManagementOptions>(o => o.XmlEncryptor = s.GetRequiredService<ServerSecrets>()));
        services.AddDbContext<AccountsDb>(db => Use(db, trust));
        services.AddIdentityCore<Account>(identity =>
        {
            identity.Password = new() { RequiredLength = ShortestPassword, RequiredUniqueChars = 6, RequireDigit = true, RequireLowercase = true, RequireUppercase = true, RequireNonAlphanumeric = false };
            identity.Lockout = new() { AllowedForNewUsers = true, MaxFailedAccessAttempts = options.WrongPasswords, DefaultLockoutTimeSpan = TimeSpan.FromMinutes(options.LockedMinutes) };
            identity.User.AllowedUserNameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._@";
        }).AddUserStore<AccountStore>().AddDefaultTokenProviders().AddPasswordValidator<OwnNameInPassword>().AddSignInManager();
        services.Configure<PasswordHasherOptions>(o => o.IterationCount = HashIterations);
        services.AddConnectStores();
        services.AddSingleton<AccessGate>();
        services.AddScoped<AccountDesk>().AddScoped<ApplicationDesk>();
        services.AddSingleton(s => new RoleRules(s.GetRequiredService<Yunnao.Standards.Registry>().Policies));
    }

    private static void Use(DbContextOptionsBuilder db, TrustRoom trust)
    {
        if (trust.Control.Dialect.IsPostgreSql) db.UseNpgsql(trust.Control.ConnectionString);
        else db.UseSqlite(trust.Control.ConnectionString);
    }

    private static DirectoryInfo KeysFolder(string folder)
    {
        var keys = Path.Combine(folder, "keys", "protection");
        return OperatingSystem.IsWindows() ? Directory.CreateDirectory(keys) : Directory.CreateDirectory(keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
