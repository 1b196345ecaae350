using System.CommandLine;
using Yunnao.Cli.Trust;
using Yunnao.Formats.Dicom.Pixels;
using Yunnao.Kernel;
using Yunnao.Reports;
using Yunnao.Services.Imaging;
using Yunnao.Services.Imaging.Dimse;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Keys;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.Imaging;

/// <summary>Options that the commands of the archive share, and its opening.</summary>
internal static class ImagingRoom
{
    public const string DatabaseVariable = "YUNNAO_IMAGING_DB";

    /// <summary>Opens the archive of the data folder.</summary>
    /// <param name="readOnly">True when another process may be writing to it.</param>
    /// <param name="keys">The keys of the folder; null opens them.</param>
    public static Task<Result<ImageArchive>> OpenAsync(ParseResult parsed, Terminal terminal, bool readOnly, CancellationToken cancellation, bool flush = true, KeyRing? keys = null) =>
        ImageArchive.OpenAsync(
            new() { Folder = DataFolder.Of(parsed, terminal), PostgreSql = terminal.Variable(DatabaseVariable), ReadOnly = readOnly, FlushToDisk = flush, Keys = keys }, TimeProvider.System, cancellation);

    /// <summary>
    /// Gives images out, or erases them, and notes it at its end under the name of whoever runs the program, also when it ends early. What changes
    /// the archive is noted when it begins too, since it could be killed. Where nothing can be noted, nothing is done.
    /// </summary>
    /// <param name="service">What is done with them.</param>
    /// <param name="work">Told where to say how many it did; gives the exit code.</param>
    public static Task<int> NotedAsync(ParseResult parsed, Terminal terminal, AuditKind kind, string service, ImageSelection selected, Func<Action<int>, Task<int>> work, CancellationToken cancellation) =>
        ControlRoom.UseAsync(
            parsed, terminal,
            async room =>
            {
                var done = 0L;
                if (kind == AuditKind.Change) await room.Audit.AppendAsync(Event("begun", 0), CancellationToken.None).ConfigureAwait(false);
                try
                {
                    return await work(some => done += some).ConfigureAwait(false);
                }
                finally
                {
                    if (done > 0 || kind == AuditKind.Change) await room.Audit.AppendAsync(Event("ended", done), CancellationToken.None).ConfigureAwait(false);
                }

                AuditEvent Event(string state, long rows)
                {
                    var details = new Dictionary<string, string> { ["service"] = service };
                    if (kind == AuditKind.Change) details["state"] = state;
                    if ((selected.Instance ?? selected.Series ?? selected.Study) is { } uid) details["uid"] = uid;
                    return new(kind, LocalAdministrator.Name) { What = "images", Rows = rows, Details = details };
                }
            },
            cancellation);

    public static Option<string> Aet(Terminal terminal) => new("--aet") { Description = terminal.Text["imaging.aet"], HelpName = "TITLE", DefaultValueFactory = _ => "YUNNAO" };

    public static Option<string> Organisation(Terminal terminal) => new("--organisation") { Description = terminal.Text["imaging.organisation"], HelpName = "CODE", DefaultValueFactory = _ => "local" };

    /// <summary>A peer written <c>TITLE=HOST:PORT</c>.</summary>
    public static Result<DimsePeer> Peer(string text, Terminal terminal) =>
        DimsePeer.TryParse(text, out var peer) ? peer : new Problem(ProblemKind.Incorrect, "imaging.peer", terminal.Text.Format("imaging.no-peer", text));

    /// <summary>Encodes pictures with the library of reports.</summary>
    public static byte[] Encode(RenderedFrame frame, int width, int height, string mediaType, int quality) =>
        Picture.Encode(frame.Width, frame.Height, frame.IsGrey, frame.Pixels, (width, height), mediaType, quality);

    public static string Megabytes(long bytes) => (bytes / 1048576.0).ToString("N1", System.Globalization.CultureInfo.InvariantCulture);
}
