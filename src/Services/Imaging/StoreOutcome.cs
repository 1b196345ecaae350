using Yunnao.Kernel;
using Yunnao.Services.Imaging.Store;

namespace Yunnao.Services.Imaging;

/// <summary>What became of a file that was handed in.</summary>
/// <param name="Result">Where it is.</param>
/// <param name="Problem">Why it is not among the images, or null.</param>
/// <param name="SopClass">Empty when it could not be read.</param>
/// <param name="SopInstance">Empty when it could not be read.</param>
/// <param name="Study">Study Instance UID; empty when it could not be read.</param>
/// <param name="Series">Series Instance UID; empty when it could not be read.</param>
public sealed record StoreOutcome(StoreResult Result, Problem? Problem, string SopClass, string SopInstance, string Study, string Series)
{
    internal static StoreOutcome Of(IncomingFile file, StoreResult result, Problem? problem) =>
        file.Facts is { } facts && facts.Header.Try(out var header, out _)
            ? new(result, problem, header.SopClass, header.InstanceUid, header.StudyUid, header.SeriesUid)
            : new(result, problem, "", "", "", "");

    /// <summary>The outcome of a file that is safe and not in the index yet.</summary>
    internal static StoreOutcome Safe(IncomingFile file) => file.Facts!.Header.Try(out _, out var unreadable) ? Of(file, StoreResult.Stored, null) : Of(file, StoreResult.Unreadable, unreadable);

    /// <summary>The outcome of a file for which there was no room.</summary>
    internal static StoreOutcome NotKept(IncomingFile file) =>
        Of(file, StoreResult.NotKept, new(ProblemKind.Unavailable, "imaging.not-kept", "The file could not be written: the disk is full or broken."));
}
