using System.Text;
using Yunnao.Kernel;
using Yunnao.Services.Pull;
using Yunnao.Standards.Feeds;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Exports.Targets;

/// <summary>
/// The databases that the administrator described for exports, with their passwords: from the environment or a file that the description
/// names, or sealed under the platform's keys beside the description.
/// </summary>
public sealed class TargetBook(string data, FileSeal seal)
{
    private const int LongestSecret = 10_000;

    /// <summary>All targets that are described soundly.</summary>
    public IReadOnlyList<Target> All => [.. TargetReader.Ids(data).Select(id => TargetReader.Read(id, data).Target).OfType<Target>()];

    /// <summary>The target of a name. Problems: <c>target.unknown</c> and those of its description.</summary>
    public Result<Target> Find(string id)
    {
        var (target, problems) = TargetReader.Read(id, data);
        return target is not null ? target : problems[0];
    }

    /// <summary>The target of a name, if a caller may have exports written into it. Problems: <c>target.recipient</c> and those of <see cref="Find"/>.</summary>
    /// <param name="who">Id of the caller; null for the administrator of the machine.</param>
    public Result<Target> FindFor(string id, string? who)
    {
        if (!Find(id).Try(out var target, out var problem)) return problem;
        return who is null || target.Recipients.Contains(who)
            ? target
            : new Problem(ProblemKind.Forbidden, "target.recipient", "The database is not meant for this caller; its description lists those that it is for.");
    }

    /// <summary>Keeps the password of a target sealed in the data folder.</summary>
    public void Seal(Target target, string secret)
    {
        ArgumentNullException.ThrowIfNull(target);
        var (file, unfinished) = (SealedFile(target), SealedFile(target) + ".part");
        using (var output = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            using (var sealing = seal.Seal(output, PlaceOf(target))) sealing.Write(Encoding.UTF8.GetBytes(secret));
            output.Flush(flushToDisk: true);
        }

        File.Move(unfinished, file, overwrite: true);
    }

    /// <summary>The password; null when the target has none. Problems: <c>feed.secret</c>, <c>keys.*</c>.</summary>
    internal Result<string?> SecretOf(Target target)
    {
        if (target.Secret is not null || !File.Exists(SealedFile(target))) return FeedSecrets.Of(target.Secret, target.Id, target.File);
        if (!seal.Open(File.OpenRead(SealedFile(target)), PlaceOf(target)).Try(out var clear, out var problem)) return problem;
        using (clear)
        using (var reader = new StreamReader(clear, Encoding.UTF8))
        {
            var text = new char[LongestSecret];
            return new string(text, 0, reader.ReadBlock(text));
        }
    }

    private string SealedFile(Target target) => Path.Combine(data, TargetReader.Folder, target.Id + ".sealed");

    private static string PlaceOf(Target target) => $"target/{target.Id}";
}
