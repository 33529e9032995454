# A script as one writes it against GitHub with PyGithub, told of another address. It prints what it was
# answered, for the test that runs it to look at.
import json
import os

from github import Github, GithubException

github = Github(os.environ["TOKEN"], base_url=os.environ["BASE_URL"], per_page=2)
receiver = os.environ["RECEIVER"]
answers = {"login": github.get_user().login}


def config(path):
    return {"url": receiver + path, "content_type": "json"}


repository = github.get_repo("octocat/hello")
hooks = [repository.create_hook("web", config(f"/{n}"), ["push"], active=True) for n in range(3)]
hook = hooks[0]
answers["created"] = [hook.name, hook.active, hook.events, hook.config, hook.created_at.isoformat()]
hook.edit("web", config("/edited"), add_events=["star"], remove_events=["push"])
answers["edited"] = [hook.events, hook.config]
hook.ping()
listed = repository.get_hooks()
answers["listed"] = [len({one.id for one in listed}), listed.totalCount]
answers["unchanged"] = not repository.get_hook(hook.id).update()

for one in listed:
    one.delete()
answers["left"] = [one.id for one in repository.get_hooks()]

organization = github.get_organization("acme")
wide = organization.create_hook("web", config("/acme"), ["*"])
organization.edit_hook(wide.id, "web", config("/acme"), ["member"])
answers["organization"] = [one.events for one in organization.get_hooks()]
organization.delete_hook(wide.id)


def refusal(ask):
    try:
        ask()
    except GithubException as error:
        return [type(error).__name__, error.status, error.data["message"], error.data.get("errors")]


answers["gone"] = refusal(lambda: repository.get_hook(hook.id))
answers["refused"] = refusal(lambda: repository.create_hook("email", config("/")))
answers["stranger"] = refusal(lambda: Github("hkl_wrong", base_url=os.environ["BASE_URL"]).get_user().login)
print(json.dumps(answers))
