using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Yunnao.Kernel;
using Yunnao.Lake.S3;

namespace Yunnao.Services.Watch;

/// <summary>The objects of a bucket whose keys begin with a prefix.</summary>
public sealed class S3Drop(S3Place place) : IDrop
{
    private readonly IAmazonS3 _client = place.Connect();

    /// <inheritdoc/>
    public string Place => place.ToString();

    /// <inheritdoc/>
    public bool AppearsWhole => true;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DropFile>> ListAsync(CancellationToken cancellation)
    {
        var files = new List<DropFile>();
        var request = new ListObjectsV2Request { BucketName = place.Bucket, Prefix = place.Prefix };
        ListObjectsV2Response page;
        do
        {
            page = await _client.ListObjectsV2Async(request, cancellation).ConfigureAwait(false);
            files.AddRange((page.S3Objects ?? []).Where(o => !o.Key.EndsWith('/')).Select(o => new DropFile(o.Key[place.Prefix.Length..], o.Size ?? 0, o.ETag)));
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated ?? false);
        return files;
    }

    /// <inheritdoc/>
    public async Task<string> FetchAsync(DropFile file, string folder, CancellationToken cancellation)
    {
        var path = LocalCopy.PathOf(folder, file.Name);
        var request = new GetObjectRequest { BucketName = place.Bucket, Key = place.Prefix + file.Name, EtagToMatch = file.Tag };
        using var response = await _client.GetObjectAsync(request, cancellation).ConfigureAwait(false);
        await response.WriteResponseStreamToFileAsync(path, append: false, cancellation).ConfigureAwait(false);
        return path;
    }

    /// <inheritdoc/>
    public async Task MoveAsync(DropFile file, string name, CancellationToken cancellation)
    {
        var number = 1;
        while (await ExistsAsync(DropNames.Numbered(name, number), cancellation).ConfigureAwait(false)) number++;
        var key = place.Prefix + file.Name;
        await _client.CopyObjectAsync(
            new CopyObjectRequest
            {
                SourceBucket = place.Bucket, SourceKey = key, DestinationBucket = place.Bucket, DestinationKey = place.Prefix + DropNames.Numbered(name, number), ETagToMatch = file.Tag,
            },
            cancellation).ConfigureAwait(false);
        await _client.DeleteObjectAsync(place.Bucket, key, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Problem? Explain(Exception exception) => exception switch
    {
        AmazonS3Exception { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized } =>
            new(ProblemKind.Forbidden, "watch.login", "The server does not accept the access key or its secret, or the key may not do this in the bucket.", new(Place)),
        AmazonS3Exception { StatusCode: HttpStatusCode.NotFound } => new(ProblemKind.NotFound, "watch.folder", "There is no such bucket, or the object is gone.", new(Place)),
        AmazonServiceException or AmazonClientException or HttpRequestException or IOException =>
            new(ProblemKind.Unavailable, "watch.connect", "The server does not answer as it should, or the connection was lost. It is tried again at the next look.", new(Place)),
        _ => null,
    };

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> ExistsAsync(string name, CancellationToken cancellation)
    {
        try
        {
            await _client.GetObjectMetadataAsync(place.Bucket, place.Prefix + name, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }
    }
}
