using Yunnao.Kernel;

namespace Yunnao.Services.Watch;

/// <summary>A place where files appear: a folder, a folder of an SFTP server, a part of an S3 bucket. Names are relative to it, with slashes.</summary>
public interface IDrop : IAsyncDisposable
{
    /// <summary>What it is known by: a path or an address, without a secret.</summary>
    string Place { get; }

    /// <summary>True when a file is there only once it is whole; otherwise it may still be growing.</summary>
    bool AppearsWhole { get; }

    /// <summary>All files below the place.</summary>
    Task<IReadOnlyList<DropFile>> ListAsync(CancellationToken cancellation);

    /// <summary>Makes a file readable here and gives its path: the file itself, or a copy in <paramref name="folder"/> under its name.</summary>
    Task<string> FetchAsync(DropFile file, string folder, CancellationToken cancellation);

    /// <summary>Moves a file to another name; what has that name already is kept, and the file gets a number.</summary>
    Task MoveAsync(DropFile file, string name, CancellationToken cancellation);

    /// <summary>The problem that an exception of these calls stands for; null when it is a defect.</summary>
    Problem? Explain(Exception exception);
}
